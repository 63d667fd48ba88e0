"""The customer's own door: pages for guests, who come by a link and see one account."""

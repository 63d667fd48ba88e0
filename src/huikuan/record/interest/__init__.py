"""Late-payment interest by clause or by law: what it comes to, what is claimed of it, what is waived."""

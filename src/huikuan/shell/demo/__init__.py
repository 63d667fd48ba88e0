"""The demo company: three invented years of an invented maker of heavy equipment, the same every time.

`company_as_of(day)` computes it without database or clock; `build` writes it into an installation.
"""

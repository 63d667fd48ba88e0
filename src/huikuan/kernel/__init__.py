"""Plain Python every band may use: money, dates, rates, identifiers, reasons, errors."""

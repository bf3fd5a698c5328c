"""A simulated ward with known truth: signals, scenarios, a fleet of real edge apps, the ledger and load."""

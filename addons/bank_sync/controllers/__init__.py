from . import bank_callback, bank_events, bank_metrics, bank_reconciliation

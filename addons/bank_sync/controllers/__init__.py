from . import bank_callback, bank_metrics

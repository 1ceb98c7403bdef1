from . import bank_callback

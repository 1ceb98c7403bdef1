from . import test_bank_sync

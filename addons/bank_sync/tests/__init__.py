from . import (
    test_account_bank_statement_line,
    test_bank_callback,
    test_bank_entry,
    test_bank_match_suggestion,
    test_bank_statement_import,
    test_bank_statement_mapping,
    test_bank_sync,
    test_edges,
    test_security,
)

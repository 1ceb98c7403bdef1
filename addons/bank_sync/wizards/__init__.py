from . import (
    bank_connection_wizard,
    bank_connection_wizard_account,
    bank_connection_wizard_reading,
    bank_reconciliation,
    bank_statement_import,
    bank_statement_import_result,
    report_bank_sync_bank_reconciliation_report,
)

from . import bank_statement_import, bank_statement_import_result

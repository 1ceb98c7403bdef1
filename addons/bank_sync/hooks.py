def uninstall_hook(env):
    """Leave no journal with a source of statements that is gone."""
    journals = env["account.journal"].search([("bank_statements_source", "=", "bank_sync")])
    journals.bank_statements_source = "undefined"

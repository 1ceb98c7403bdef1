{
    "name": "Sponsor Bank",
    "version": "19.0.1.0.0",
    "summary": "Reminders wait for the bank; the sponsoring bank sees what each company shares",
    "category": "Accounting/Accounting",
    "author": "Invoice Collections contributors",
    "license": "LGPL-3",
    "depends": ["bank_sync", "invoice_collections"],
    "auto_install": True,
    "data": [
        "security/sponsor_bank_groups.xml",
        "security/ir.model.access.csv",
        "security/bank_sharing_consent_security.xml",
        "views/bank_sharing_consent_views.xml",
        "views/sponsor_bank_menus.xml",
        "views/portal_templates.xml",
    ],
    "demo": [
        "demo/sponsor_bank_demo.xml",
    ],
}

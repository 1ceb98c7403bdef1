"""Read by ``odoo shell``: build and commit the web bundles that pages and browser tests ask for.

A bundle built inside a test is rolled back with it, so every browser test would build it again.
"""

BOTH = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.report_assets_common",
    "web.report_assets_pdf",
)
qweb = env["ir.qweb"]  # noqa: F821 - odoo shell provides env
for bundle in BOTH:
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
qweb._get_asset_bundle("web.assets_web_print", css=True, js=False).css()
env.cr.commit()  # noqa: F821

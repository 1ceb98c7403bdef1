from odoo import api, models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """Have the companies' copies of the cadences learn a language with the library."""
        result = super()._load_module_terms(modules, langs, overwrite)
        if "invoice_collections" in modules:
            self.env["collection.cadence"]._learn_languages(langs)
        return result

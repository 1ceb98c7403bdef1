import { Dialog } from "@web/core/dialog/dialog";

import { Component } from "@odoo/owl";

import { KEYS } from "./keys";

/** The keys of the workspace. */
export class HelpDialog extends Component {
    static template = "bank_sync.HelpDialog";
    static components = { Dialog };
    static props = { close: Function };

    setup() {
        this.keys = KEYS;
    }
}

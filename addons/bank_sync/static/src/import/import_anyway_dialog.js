import { Dialog } from "@web/core/dialog/dialog";

import { Component, useState } from "@odoo/owl";

/** Asks a manager why a file is booked that does not add up. Without a reason there is no way on. */
export class ImportAnywayDialog extends Component {
    static template = "bank_sync.ImportAnywayDialog";
    static components = { Dialog };
    static props = { document: Object, confirm: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
    }

    get differences() {
        return this.props.document.statements.filter(
            (statement) => statement.problem_code === "not_proved"
        );
    }

    async confirm() {
        await this.props.confirm(this.state.reason);
        this.props.close();
    }
}

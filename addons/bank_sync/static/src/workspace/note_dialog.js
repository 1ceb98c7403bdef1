import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

import { Component, useState } from "@odoo/owl";

/** A few words for the line, or to somebody. Ctrl+Enter sends them. */
export class NoteDialog extends Component {
    static template = "bank_sync.NoteDialog";
    static components = { Dialog };
    static props = {
        title: String,
        label: String,
        confirmLabel: String,
        confirm: Function,
        people: { type: Array, optional: true },
        close: Function,
    };

    setup() {
        useAutofocus({ refName: "note", mobile: true });
        this.state = useState({ note: "", userId: this.props.people?.[0]?.id || false });
    }

    get ready() {
        return this.state.note.trim() && (!this.props.people || this.state.userId);
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.confirm();
        }
    }

    onPerson(ev) {
        this.state.userId = parseInt(ev.target.value);
    }

    async confirm() {
        if (this.ready) {
            this.props.close();
            await this.props.confirm(this.state.note.trim(), this.state.userId);
        }
    }
}

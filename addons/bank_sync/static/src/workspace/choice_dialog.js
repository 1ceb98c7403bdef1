import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

import { Component, useState } from "@odoo/owl";

/** One of a list, by typing a part of its name, by its number, or with the mouse. */
export class ChoiceDialog extends Component {
    static template = "bank_sync.ChoiceDialog";
    static components = { Dialog };
    static props = {
        title: String,
        choices: Array,
        choose: Function,
        empty: { type: String, optional: true },
        close: Function,
    };

    setup() {
        useAutofocus({ refName: "input", mobile: true });
        this.state = useState({ text: "", index: 0 });
    }

    get choices() {
        const text = this.state.text.toLowerCase();
        return this.props.choices.filter((one) => one.name.toLowerCase().includes(text));
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.state.index = 0;
    }

    onKeydown(ev) {
        const last = this.choices.length - 1;
        if (ev.key === "ArrowDown") {
            this.state.index = Math.min(this.state.index + 1, last);
        } else if (ev.key === "ArrowUp") {
            this.state.index = Math.max(this.state.index - 1, 0);
        } else if (ev.key === "Enter") {
            this.choose(this.choices[this.state.index]);
        } else if (/^[1-9]$/.test(ev.key) && !this.state.text) {
            this.choose(this.choices[parseInt(ev.key) - 1]);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    async choose(choice) {
        if (choice) {
            this.props.close();
            await this.props.choose(choice.id);
        }
    }
}

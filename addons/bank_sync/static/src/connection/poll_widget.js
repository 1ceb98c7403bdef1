import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

/** Pause between two looks, in milliseconds. */
const PAUSE = 2500;

/**
 * Keeps a guide moving while it is on the screen. It decides nothing: `poll` asks the server, which
 * asks the bank, and the record is drawn again when something has changed. In the first read it also
 * starts the reading, once; another request then shows how far that is.
 */
export class PollWidget extends Component {
    static template = xml`<span class="o_bank_sync_poll" aria-live="polite"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.isBusy = false;
        this.isReading = false;
        onMounted(() => (this.timer = setInterval(() => this.look(), PAUSE)));
        onWillUnmount(() => {
            this.isGone = true;
            clearInterval(this.timer);
        });
    }

    call(method) {
        const { resModel, resId } = this.props.record;
        return this.orm.silent.call(resModel, method, [[resId]]);
    }

    async redraw() {
        if (!this.isGone) {
            await this.props.record.model.load();
        }
    }

    async look() {
        const { resId, data } = this.props.record;
        if (this.isBusy || !resId || !["approve", "reading"].includes(data.step)) {
            return;
        }
        this.isBusy = true;
        try {
            if (data.step === "reading" && !this.isReading) {
                this.isReading = true;
                this.call("read_first").then(() => this.redraw());
            } else if (await this.call("poll")) {
                await this.redraw();
            }
        } finally {
            this.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("bank_sync_poll", { component: PollWidget });

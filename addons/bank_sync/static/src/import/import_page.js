import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";

import { ImportAnywayDialog } from "./import_anyway_dialog";

/** Pause before asking again how far another worker is, in milliseconds. */
const WAIT = 2000;

const OUTCOMES = {
    ready: { label: _t("Ready"), color: "info", icon: "fa-file-text-o" },
    booking: { label: _t("Being booked"), color: "info", icon: "fa-cog fa-spin" },
    imported: { label: _t("Imported"), color: "success", icon: "fa-check-circle" },
    known: { label: _t("Already there"), color: "secondary", icon: "fa-copy" },
    refused: { label: _t("Refused"), color: "danger", icon: "fa-times-circle" },
    quarantined: { label: _t("To settle"), color: "warning", icon: "fa-exclamation-triangle" },
};

/**
 * The import page: what is in the files, before anything is booked; how far the booking is; what
 * became of each file. All it shows is `bank.statement.import`'s `page`; every action answers with
 * the page as it is then.
 */
export class ImportPage extends Component {
    static template = "bank_sync.ImportPage";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.fileInput = useRef("fileInput");
        this.outcomes = OUTCOMES;
        this.alive = true;
        this.state = useState({
            page: this.props.record.data.page || { documents: [] },
            uploading: 0,
            busy: false,
            dragging: false,
            open: {},
        });
        onMounted(() => this.keepBooking());
        onWillUnmount(() => (this.alive = false));
    }

    get documents() {
        return this.state.page.documents;
    }

    get ready() {
        return this.documents.filter((document) => document.outcome === "ready");
    }

    get isBooking() {
        return this.documents.some((document) => document.outcome === "booking");
    }

    get newCount() {
        return this.ready.reduce((sum, document) => sum + document.added, 0);
    }

    get isDone() {
        return this.documents.some((document) => document.outcome === "imported");
    }

    percent(document) {
        return document.to_book ? Math.floor((100 * document.booked) / document.to_book) : 100;
    }

    // === Talking to the server === //

    async call(method, ...args) {
        const id = this.props.record.resId;
        this.state.busy = true;
        try {
            const page = await this.orm.call("bank.statement.import", method, [[id], ...args]);
            if (this.alive) {
                this.state.page = page;
            }
        } finally {
            this.state.busy = false;
        }
    }

    async book() {
        await this.call("book");
        await this.keepBooking();
    }

    /** Drive the booking, batch by batch. Left alone, the server goes on by itself. */
    async keepBooking() {
        if (this.stepping) {
            return;
        }
        this.stepping = true;
        try {
            while (this.alive && this.isBooking) {
                const before = this.progress();
                await this.call("step");
                if (this.isBooking && this.progress() === before) {
                    await new Promise((resolve) => setTimeout(resolve, WAIT));
                }
            }
            if (this.alive && this.documents.some((document) => document.matching_due)) {
                await this.call("step");
            }
        } finally {
            this.stepping = false;
        }
    }

    progress() {
        return this.documents.map((document) => `${document.state}:${document.booked}`).join();
    }

    // === Files === //

    async addFiles(files) {
        const ids = [];
        this.state.uploading = files.length;
        try {
            for (const file of files) {
                if (checkFileSize(file.size, this.notification)) {
                    const data = (await getDataURLFromFile(file)).split(",")[1] || "";
                    const values = { name: file.name, mimetype: file.type, datas: data };
                    ids.push(...(await this.orm.create("ir.attachment", [values])));
                }
            }
            if (ids.length) {
                await this.call("add_files", ids);
            }
        } finally {
            this.state.uploading = 0;
        }
    }

    async onChosen(ev) {
        const files = [...ev.target.files];
        ev.target.value = null;
        await this.addFiles(files);
    }

    async onDrop(ev) {
        this.state.dragging = false;
        const files = [...(ev.dataTransfer?.files || [])];
        if (files.length) {
            await this.addFiles(files);
        }
    }

    onDragLeave(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.state.dragging = false;
        }
    }

    // === Settling === //

    async chooseJournal(document, statement, ev) {
        const value = ev.target.value;
        if (value) {
            const journal = value === "new" ? false : parseInt(value);
            await this.call("choose_journal", document.id, statement.number, journal);
        }
    }

    importAnyway(document) {
        this.dialog.add(ImportAnywayDialog, {
            document,
            confirm: async (reason) => {
                await this.call("import_anyway", document.id, reason);
                await this.keepBooking();
            },
        });
    }

    putAside(document) {
        this.dialog.add(ConfirmationDialog, {
            body: _t("Put %s aside? It stays among the documents; nothing of it is booked.", document.name),
            confirmLabel: _t("Put Aside"),
            confirm: () => this.call("put_aside", document.id),
            cancel: () => {},
        });
    }

    async openMapping(document) {
        const id = this.props.record.resId;
        const action = await this.orm.call("bank.statement.import", "open_mapping", [
            [id],
            document.id,
        ]);
        await this.action.doAction(action);
    }

    async cancel() {
        await this.call("cancel");
        await this.leave();
    }

    async leave() {
        await this.action.restore().catch(() => this.openLines(this.documents));
    }

    // === Going on === //

    async openLines(documents) {
        const ids = documents.map((document) => document.id);
        const action = await this.orm.call("bank.raw.document", "action_open_lines", [ids]);
        return this.action.doAction(action);
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    review() {
        return this.action.doAction("bank_sync.bank_match_workspace_action");
    }

    /** A few statements show their first entries at once; many would hide each other. */
    isOpen(document, statement) {
        const count = this.documents.reduce((sum, one) => sum + one.statements.length, 0);
        const undecided = ["ready", "quarantined"].includes(document.outcome);
        return this.state.open[statement.id] ?? (undecided && count <= 3);
    }

    toggle(document, statement) {
        this.state.open[statement.id] = !this.isOpen(document, statement);
    }
}

registry.category("fields").add("bank_statement_import_page", {
    component: ImportPage,
    supportedTypes: ["json"],
});

import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";

import { BulkDialog } from "./bulk_dialog";
import { ChoiceDialog } from "./choice_dialog";
import { Draft } from "./draft";
import { HelpDialog } from "./help_dialog";
import { commandOf } from "./keys";
import { MatchLine } from "./match_line";
import { MatchQueue } from "./match_queue";
import { NoteDialog } from "./note_dialog";

const MODEL = "bank.match.workspace";

/** Pause after a decision before the numbers beside the filters are asked for, in milliseconds. */
const COUNTS_PAUSE = 800;

/**
 * The accountant's screen of cash application: the lines that wait on the left, the chosen one on
 * the right, every decision one key away. It shows what `bank.match.workspace` answers; nothing is
 * decided here, and every decision comes back as the line is then.
 */
export class MatchWorkspace extends Component {
    static template = "bank_sync.MatchWorkspace";
    static components = { Layout, MatchLine, MatchQueue };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.lastLine = new KeepLast();
        this.lastQueue = new KeepLast();
        this.decided = [];
        const asked = this.props.action.params || {};
        const kept = this.props.state || { options: asked.options, lineId: asked.line };
        this.state = useState({
            options: { filter: "review", order: "newest", text: "", offset: 0, ...kept.options },
            queue: { rows: [], total: 0, offset: 0, counts: {}, groups: [] },
            lineId: kept.lineId || false,
            line: null,
            chosen: 0,
            draft: null,
            checked: {},
            searching: false,
            chatter: false,
            busy: false,
            onLine: Boolean(kept.lineId),
        });
        useSetupAction({
            getLocalState: () => ({ options: { ...this.state.options }, lineId: this.state.lineId }),
        });
        this.refreshCounts = useDebounced(() => this.loadCounts(), COUNTS_PAUSE);
        useExternalListener(window, "keydown", this.onKeydown.bind(this), { capture: true });
        useEffect(
            (id) => {
                const row = this.root.el?.querySelector(`[data-line-id="${id}"]`);
                row?.scrollIntoView({ block: "nearest" });
            },
            () => [this.state.lineId]
        );
        onWillStart(async () => {
            const [start] = await Promise.all([this.call("get_start"), this.loadQueue(kept.lineId)]);
            this.start = start;
        });
    }

    call(method, ...args) {
        return this.orm.call(MODEL, method, args);
    }

    get rows() {
        return this.state.queue.rows;
    }

    get index() {
        return this.rows.findIndex((row) => row.id === this.state.lineId);
    }

    get checkedIds() {
        return this.rows.filter((row) => this.state.checked[row.id]).map((row) => row.id);
    }

    get presets() {
        const { company_id: company, fitting_presets: fitting = [] } = this.state.line || {};
        const own = this.start.presets.filter((one) => one.company === company);
        // Those made for lines like this one come first: the first is chosen by one more key.
        return own.toSorted((a, b) => fitting.includes(b.id) - fitting.includes(a.id));
    }

    // === The queue === //

    /**
     * Load the page the options say, and go to `lineId` or the first line of it.
     *
     * @param {number} [lineId]
     * @param {boolean} [brief] whether the numbers beside the filters stay as they are
     */
    async loadQueue(lineId, brief = false) {
        const asked = { ...this.state.options, brief };
        const queue = await this.lastQueue.add(this.call("get_queue", asked));
        Object.assign(this.state.queue, queue);
        this.state.options.offset = queue.offset;
        this.state.checked = {};
        const [first] = queue.rows;
        await this.select(lineId || (first ? first.id : false), this.state.onLine);
    }

    async loadCounts() {
        const counts = await this.call("get_counts", this.state.options.journal || false);
        Object.assign(this.state.queue, counts);
    }

    async setOptions(changes) {
        Object.assign(this.state.options, { offset: 0, ...changes });
        await this.loadQueue(undefined, !("filter" in changes || "journal" in changes));
    }

    setFilter(filter) {
        return this.setOptions({ filter, reason: undefined });
    }

    /** Turn the page. Lines that have left the filter meanwhile do not count as read. */
    async turnPage(direction) {
        const { offset, total, rows } = this.state.queue;
        if (direction < 0) {
            await this.setOptions({ offset: Math.max(0, offset - this.start.page) });
        } else {
            const gone = rows.filter((row) => row.gone).length;
            if (offset + rows.length < total) {
                await this.setOptions({ offset: offset + rows.length - gone });
            }
        }
    }

    // === The line === //

    async select(lineId, onLine = true) {
        this.state.lineId = lineId;
        this.state.searching = false;
        this.state.onLine = Boolean(onLine && lineId);
        if (!lineId) {
            this.state.line = null;
            return;
        }
        this.showLine(await this.lastLine.add(this.call("get_line", lineId)));
    }

    /** Show a line as the server has just told it. */
    showLine(line) {
        if (line.id !== this.state.lineId) {
            return;
        }
        this.state.line = line;
        this.updateRow(line);
        if (line.gone) {
            this.state.draft = null;
        } else {
            this.chooseProposal(0);
        }
    }

    chooseProposal(index) {
        const { line } = this.state;
        if (!line || !line.open) {
            this.state.draft = null;
            return;
        }
        if (index && !line.proposals[index]) {
            return;
        }
        this.state.chosen = index;
        this.state.draft = new Draft(line, line.proposals[index]);
    }

    updateRow(line) {
        const row = this.rows.find((one) => one.id === line.id);
        if (!row) {
            return;
        }
        if (line.gone) {
            row.gone = row.deleted = true;
            return;
        }
        for (const key of Object.keys(row)) {
            if (key in line) {
                row[key] = line[key];
            }
        }
        row.gone = !this.belongs(line);
    }

    /** Whether a line still belongs to what the queue shows. */
    belongs(line) {
        switch (this.state.options.filter) {
            case "review":
                return line.review || (line.open && line.state === "suggested");
            case "exception":
                return line.open && line.state !== "suggested";
            case "mine":
                return line.open;
            case "auto":
                return line.state === "booked";
            default:
                return true;
        }
    }

    async move(step) {
        const next = this.rows[this.index + step];
        if (next) {
            await this.select(next.id, this.state.onLine);
        } else if (step > 0 && this.state.queue.offset + this.rows.length < this.state.queue.total) {
            await this.turnPage(1);
        } else if (step < 0 && this.state.queue.offset) {
            await this.turnPage(-1);
            await this.select(this.rows[this.rows.length - 1]?.id || false, this.state.onLine);
        }
    }

    /** Go to the next line that still waits; turn the page after the last. */
    async goOn() {
        const index = this.index;
        const next =
            this.rows.slice(index + 1).find((row) => !row.gone) || this.rows.find((row) => !row.gone);
        if (next) {
            await this.select(next.id, this.state.onLine);
        } else {
            await this.loadQueue();
        }
    }

    // === Deciding === //

    /**
     * Let the server decide. What it refuses is told in its own words, and the line shown as it
     * really is: somebody else may have decided, or changed it, meanwhile.
     */
    async decide(method, ...args) {
        if (this.state.busy) {
            return false;
        }
        this.state.busy = true;
        const lineId = this.state.lineId;
        try {
            const line = await this.call(method, ...args);
            this.showLine(line);
            this.refreshCounts();
            return line;
        } catch (error) {
            if (!(error instanceof RPCError) || !isRefusal(error)) {
                throw error;
            }
            this.notification.add(error.data.message, { type: "warning" });
            if (lineId === this.state.lineId) {
                this.showLine(await this.call("get_line", lineId));
            }
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    get obstacle() {
        const { line, draft } = this.state;
        if (!line || line.gone) {
            return "none";
        }
        if (!line.open) {
            return "booked";
        }
        return draft ? draft.obstacle : "none";
    }

    async accept(goOn = false) {
        const { line, draft } = this.state;
        if (line && !line.gone && !line.open) {
            return goOn ? this.confirmOrGoOn(line) : undefined;
        }
        const obstacle = this.obstacle;
        if (obstacle) {
            this.notification.add(OBSTACLES[obstacle], { type: "info" });
            return;
        }
        const decided = draft.isProposal
            ? await this.decide("accept", draft.proposalId, line.stamp)
            : await this.decide("match", line.id, line.stamp, draft.toServer());
        if (decided && decided.open && decided.proposals.some((one) => one.approved_by)) {
            this.notification.add(_t("Accepted by you. It is so large that a second person must accept it too."), {
                type: "info",
            });
        }
        if (decided) {
            this.decided.push(line.id);
            if (goOn) {
                await this.goOn();
            }
        }
    }

    /** A line chosen for review is right unless somebody undoes it. */
    async confirmOrGoOn(line) {
        if (line.review) {
            await this.decide("confirm_review", line.id);
        }
        await this.goOn();
    }

    async reject() {
        const { draft, line } = this.state;
        if (draft && draft.proposalId) {
            await this.decide("reject", draft.proposalId, line.stamp);
        }
    }

    /** Undo the shown line's match; where it has none, the last one decided here. */
    async undo() {
        const { line } = this.state;
        if (line && line.undoable) {
            await this.decide("undo", line.id);
            this.decided = this.decided.filter((id) => id !== line.id);
            return;
        }
        const last = this.decided.pop();
        if (last) {
            await this.select(last, this.state.onLine);
            await this.decide("undo", last);
        }
    }

    putAside() {
        const { line } = this.state;
        if (!line || line.gone || !line.open) {
            return;
        }
        this.dialog.add(NoteDialog, {
            title: _t("Send to the exceptions"),
            label: _t("Why, and what has to happen (stays with the line)"),
            confirmLabel: _t("Put Aside"),
            confirm: async (note) => {
                if (await this.decide("put_aside", line.id, note)) {
                    await this.goOn();
                }
            },
        });
    }

    writeOff() {
        const { draft } = this.state;
        if (!draft) {
            return;
        }
        this.dialog.add(ChoiceDialog, {
            title: _t("Write off the rest with"),
            choices: this.presets,
            empty: _t("There is no preset. Make one under Accounting, Configuration, Reconciliation Models."),
            choose: (presetId) => draft.writeOffRest(presetId),
        });
    }

    keepOnAccount() {
        const { draft } = this.state;
        if (draft && draft.rest) {
            draft.keepOnAccount();
        }
    }

    leaveOpen() {
        const { draft } = this.state;
        if (draft && draft.canLeaveOpen) {
            draft.leaveOpen();
        }
    }

    // === Colleagues === //

    assign() {
        const ids = this.checkedIds.length ? this.checkedIds : [this.state.lineId];
        if (!ids[0]) {
            return;
        }
        this.dialog.add(ChoiceDialog, {
            title: _t("Assign to"),
            choices: [...this.start.colleagues, { id: false, name: _t("Nobody") }],
            choose: async (userId) => {
                await this.call("assign", ids, userId);
                const name = this.start.colleagues.find((one) => one.id === userId)?.name || "";
                for (const row of this.rows.filter((one) => ids.includes(one.id))) {
                    row.user = name;
                }
                if (this.state.line && ids.includes(this.state.line.id)) {
                    this.state.line.user = name;
                }
                this.refreshCounts();
            },
        });
    }

    async ask() {
        const { line, draft } = this.state;
        if (!line || line.gone) {
            return;
        }
        const partnerId = draft?.partner ? draft.partner.id : false;
        const people = await this.call("get_people", line.id, partnerId);
        this.dialog.add(NoteDialog, {
            title: _t("Ask the salesperson"),
            label: _t("Question"),
            people,
            confirmLabel: _t("Ask"),
            confirm: async (note, userId) => {
                await this.call("ask", line.id, partnerId, userId, note);
                this.notification.add(_t("Asked. The answer comes to the notes of the line."), {
                    type: "success",
                });
                this.refreshChatter();
            },
        });
    }

    refreshChatter() {
        if (this.state.chatter) {
            this.state.chatter = false;
            Promise.resolve().then(() => (this.state.chatter = true));
        }
    }

    // === Many at once === //

    toggle(lineId = this.state.lineId) {
        if (lineId) {
            this.state.checked[lineId] = !this.state.checked[lineId];
        }
    }

    toggleAll(checked) {
        this.state.checked = Object.fromEntries(this.rows.map((row) => [row.id, checked]));
    }

    bulk() {
        this.dialog.add(BulkDialog, {
            lineIds: this.checkedIds,
            options: { ...this.state.options },
            call: this.call.bind(this),
            done: () => this.loadQueue(this.state.lineId),
        });
    }

    // === Going elsewhere === //

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** Ask for the day of a reconciliation report, of the journal that is shown if there is one. */
    reconcile() {
        const { journal } = this.state.options;
        return this.action.doAction("bank_sync.bank_reconciliation_action", {
            additionalContext: journal ? { default_journal_ids: [journal] } : {},
        });
    }

    // === Keys === //

    onKeydown(ev) {
        const command = commandOf(ev);
        const elsewhere =
            this.ui.activeElement !== document || this.ui.isBlocked || ev.target.closest?.(".o-dropdown--menu, .o_popover");
        if (!command || elsewhere) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        this.run(command, ev.key);
    }

    run(command, key) {
        switch (command) {
            case "next":
                return this.move(1);
            case "previous":
                return this.move(-1);
            case "accept":
                return this.accept();
            case "acceptAndNext":
                return this.accept(true);
            case "choose":
                return this.chooseProposal(parseInt(key) - 1);
            case "searchItem":
                this.state.searching = Boolean(this.state.draft);
                return;
            case "split":
                return this.focus(".o_match_applied");
            case "searchLine":
                return this.focus(".o_match_search");
            case "chatter":
                this.state.chatter = !this.state.chatter;
                return;
            case "help":
                return this.dialog.add(HelpDialog, {});
            case "escape":
                return this.escape();
            default:
                return this[command]();
        }
    }

    focus(selector) {
        const input = this.root.el.querySelector(selector);
        input?.focus();
        input?.select?.();
    }

    escape() {
        if (this.root.el.contains(document.activeElement)) {
            document.activeElement.blur();
        }
        if (this.state.searching) {
            this.state.searching = false;
        } else if (this.state.chatter) {
            this.state.chatter = false;
        } else {
            this.state.onLine = false;
        }
    }
}

/** Why the shown line cannot be booked yet. */
const OBSTACLES = {
    none: _t("There is nothing to book here."),
    empty: _t("Choose a proposal, search an item, or write the amount off."),
    rest: _t("Something is left over. Keep it as a credit, write it off, add an item, or leave it open."),
    partner: _t("A credit needs a customer. Add one of their items, or write the rest off."),
};

/** Whether the server said no, rather than failed. */
function isRefusal(error) {
    return /exceptions\.(UserError|ValidationError|AccessError|MissingError|RedirectWarning)$/.test(
        error.exceptionName || ""
    );
}

registry.category("actions").add("bank_sync.match_workspace", MatchWorkspace);

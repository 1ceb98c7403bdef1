import { getCurrency } from "@web/core/currency";
import { roundDecimals } from "@web/core/utils/numbers";

/** From here on a difference between two currencies is a mistake, not a matter of rates. */
const MAX_EXCHANGE = 0.2;

/**
 * What will be booked for one line, as a proposal says it or as somebody composes it.
 *
 * Signs are those of the line: money in is positive, and so is what is owed to us. Always
 * `paid - fee - writeOff + onAccount + rest = amount`; it can be booked when nothing is left over,
 * or when what is left over is meant to wait.
 */
export class Draft {
    constructor(line, proposal) {
        this.amount = line.open_amount;
        this.currencyId = line.open_currency_id;
        this.proposalId = proposal && proposal.state === "open" ? proposal.id : false;
        this.items = (proposal ? proposal.items : []).map((item) => ({ ...item }));
        this.fee = proposal ? proposal.fee : 0;
        this.writeOff = proposal ? proposal.write_off : 0;
        this.presetId = false;
        this.onAccount = proposal ? proposal.on_account : 0;
        this.partner = (proposal && proposal.partner) || line.partner;
        /** Whether what is left over is meant to wait on the line. */
        this.leftOpen = false;
        this.kind = proposal ? proposal.kind : "";
        this.touched = false;
    }

    get isForeign() {
        return this.items.some((item) => item.currency_id !== this.currencyId);
    }

    round(value, currencyId = this.currencyId) {
        const currency = getCurrency(currencyId);
        return roundDecimals(value, currency ? currency.digits[1] : 2) || 0;
    }

    /** What of the line's money an item takes. */
    money(item) {
        return this.round((item.applied - item.discount) * item.rate);
    }

    get paid() {
        return this.round(this.items.reduce((sum, item) => sum + this.money(item), 0));
    }

    get difference() {
        return this.round(this.amount - this.paid + this.fee + this.writeOff - this.onAccount);
    }

    /** What the bank's rate and ours make different; Odoo books it when it reconciles. */
    get exchange() {
        const { difference } = this;
        const most = MAX_EXCHANGE * Math.abs(this.amount);
        return this.isForeign && Math.abs(difference) <= most ? difference : 0;
    }

    get rest() {
        return this.round(this.difference - this.exchange);
    }

    /** What of an item stays open, in its own currency. */
    left(item) {
        return this.round(item.residual - item.applied, item.currency_id);
    }

    get isEmpty() {
        return !this.items.length && !this.writeOff && !this.fee && !this.onAccount;
    }

    /** A part of the line may stay open, never more than the line. */
    get canLeaveOpen() {
        return (
            !this.isForeign &&
            Math.sign(this.rest) === Math.sign(this.amount) &&
            Math.abs(this.rest) < Math.abs(this.amount)
        );
    }

    /** Whether nothing is left over that nobody has said a word about. */
    get isEven() {
        return !this.rest || (this.leftOpen && this.canLeaveOpen);
    }

    /** Why it cannot be booked as it stands; false where it can. */
    get obstacle() {
        if (this.isEmpty) {
            return "empty";
        }
        if (!this.isEven) {
            return "rest";
        }
        if (this.onAccount && !this.partner && !this.isProposal) {
            return "partner";
        }
        return false;
    }

    /** Whether it is still what the proposal says. */
    get isProposal() {
        return Boolean(this.proposalId) && !this.touched;
    }

    // === Composing === //

    touch() {
        this.touched = true;
    }

    has(itemId) {
        return this.items.some((item) => item.id === itemId);
    }

    add(item) {
        if (this.has(item.id)) {
            return;
        }
        this.touch();
        this.onAccount = 0;
        const free = this.round(this.rest / item.rate, item.currency_id);
        const sameWay = Math.sign(free) === Math.sign(item.residual);
        const applied = sameWay && Math.abs(free) < Math.abs(item.residual) ? free : item.residual;
        this.items.push({ ...item, applied, discount: 0 });
    }

    remove(itemId) {
        this.touch();
        this.onAccount = 0;
        this.items = this.items.filter((item) => item.id !== itemId);
    }

    /** Let an item take `applied`, at most what is open of it. */
    apply(item, applied) {
        this.touch();
        const sign = Math.sign(item.residual) || 1;
        const most = Math.abs(item.residual);
        item.applied = sign * Math.min(Math.max(applied * sign, 0), most);
        item.discount = 0;
        this.onAccount = 0;
    }

    setFee(value) {
        this.touch();
        this.fee = Math.max(this.round(value), 0);
    }

    setWriteOff(value) {
        this.touch();
        this.writeOff = this.round(value);
    }

    setOnAccount(value) {
        this.touch();
        this.onAccount = this.round(value);
    }

    leaveOpen() {
        this.touch();
        this.leftOpen = true;
    }

    keepOnAccount() {
        this.setOnAccount(this.onAccount + this.rest);
    }

    takeAsFee() {
        this.setFee(this.fee - this.rest);
    }

    writeOffRest(presetId) {
        this.touch();
        this.presetId = presetId;
        this.writeOff = this.round(this.writeOff - this.rest);
    }

    dropWriteOff() {
        this.touch();
        this.writeOff = 0;
        this.presetId = false;
    }

    /** What the server needs to know. */
    toServer() {
        return {
            items: this.items.map((item) => [item.id, item.applied, item.discount]),
            fee: this.fee,
            write_off: this.writeOff,
            preset: this.presetId,
            on_account: this.onAccount,
            left_open: this.leftOpen,
            partner: this.partner ? this.partner.id : false,
        };
    }
}

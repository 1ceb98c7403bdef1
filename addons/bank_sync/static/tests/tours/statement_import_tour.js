import { registry } from "@web/core/registry";

/** A camt.053 file of one account with a receipt and a fee; it adds up unless `closing` is wrong. */
function camt(account, closing) {
    const balance = (code, amount) =>
        `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt>` +
        `<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>`;
    const entry = (amount, direction, text) =>
        `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
        `<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>${text}</Ustrd></RmtInf>` +
        `</TxDtls></NtryDtls></Ntry>`;
    return (
        `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">` +
        `<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>TOUR-${closing}</Id><Acct><Id><IBAN>${account}</IBAN></Id>` +
        `<Ccy>EUR</Ccy></Acct>${balance("OPBD", "100.00")}${balance("CLBD", closing)}` +
        `${entry("50.00", "CRDT", "Tour receipt")}${entry("7.25", "DBIT", "Tour fee")}</Stmt></BkToCstmrStmt></Document>`
    );
}

/** Drop files on an element as a person does. */
function drop(element, files) {
    const transfer = new DataTransfer();
    for (const [name, content] of files) {
        transfer.items.add(new File([content], name));
    }
    for (const type of ["dragenter", "dragover", "drop"]) {
        element.dispatchEvent(
            new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer })
        );
    }
}

registry.category("web_tour.tours").add("bank_sync_statement_import", {
    url: "/odoo/bank-import",
    steps: () => [
        {
            content: "Drop three files on the page: one is good, one does not add up, one is nothing",
            trigger: ".o_bank_import_drop",
            run() {
                drop(this.anchor, [
                    ["good.xml", camt("DE89370400440532013000", "142.75")],
                    ["wrong.xml", camt("DE89370400440532013000", "999.99")],
                    ["photo.pdf", "%PDF-1.4 nothing"],
                ]);
            },
        },
        { trigger: ".o_bank_import_card[data-outcome='ready']:contains('adds up')" },
        { trigger: ".o_bank_import_card[data-outcome='ready'] .o_bank_import_sample:contains('Tour receipt')" },
        { trigger: ".o_bank_import_card[data-outcome='quarantined']:contains('differs by')" },
        { trigger: ".o_bank_import_card[data-outcome='refused']:contains('photo.pdf')" },
        {
            content: "Book what is ready",
            trigger: ".o_bank_import_book:contains('Book 2 new entries')",
            run: "click",
        },
        { trigger: ".o_bank_import_card[data-outcome='imported']:contains('2 new')" },
        { trigger: ".o_bank_import_review" },
        {
            content: "The same file again is known",
            trigger: ".o_bank_import_drop",
            run() {
                drop(this.anchor, [["again.xml", camt("DE89370400440532013000", "142.75")]]);
            },
        },
        { trigger: ".o_bank_import_card[data-outcome='known']:contains('already imported')" },
        {
            content: "See the lines",
            trigger: ".o_bank_import_card[data-outcome='imported'] button:contains('Bank lines')",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Tour receipt')" },
        {
            content: "A file dropped on the list leads to the page",
            trigger: ".o_list_renderer",
            run() {
                const transfer = new DataTransfer();
                transfer.items.add(new File(["x"], "x"));
                this.anchor.dispatchEvent(
                    new DragEvent("dragenter", { bubbles: true, dataTransfer: transfer })
                );
            },
        },
        {
            trigger: ".o_drop_area",
            run() {
                drop(this.anchor, [["list.xml", camt("FR7630006000011234567890189", "142.75")]]);
            },
        },
        {
            content: "Make the missing journal right there",
            trigger: ".o_bank_import_card:contains('list.xml') .o_bank_import_journal",
            run: "select new",
        },
        { trigger: ".o_bank_import_card[data-outcome='ready']:contains('list.xml')" },
        {
            trigger: ".o_bank_import_cancel",
            run: "click",
        },
        { trigger: ".o_list_view" },
    ],
});

registry.category("web_tour.tours").add("bank_sync_dashboard_drop", {
    url: "/odoo/accounting",
    steps: () => [
        {
            content: "Drag a file over the bank journal's card",
            trigger: ".o_kanban_record:contains('Bank')",
            run() {
                const transfer = new DataTransfer();
                transfer.items.add(new File(["x"], "x"));
                this.anchor.dispatchEvent(
                    new DragEvent("dragenter", { bubbles: true, cancelable: true, dataTransfer: transfer })
                );
            },
        },
        {
            content: "Drop it",
            trigger: ".o_drop_area.drag_to_card:contains('Drop to import transactions')",
            run() {
                drop(this.anchor, [["card.xml", camt("DE89370400440532013000", "142.75")]]);
            },
        },
        { trigger: ".o_bank_import_card[data-outcome='ready']:contains('card.xml')" },
    ],
});

import { registry } from "@web/core/registry";

/** Press a key where nobody is typing. */
function press(key, content) {
    return {
        content,
        trigger: ".o_match_action:not(:has(.o_match_buttons .btn-primary.disabled))",
        run() {
            document.activeElement?.blur();
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        },
    };
}

const row = (name) => `.o_match_row:contains("${name}")`;
const shown = (name) => ({ trigger: `.o_match_line h2:contains("${name}")` });

registry.category("web_tour.tours").add("bank_sync_match_workspace", {
    url: "/odoo/bank-match",
    steps: () => [
        { content: "The newest line is chosen", trigger: `${row("Short payer")}.selected` },
        { content: "Its reference is marked", trigger: ".o_match_remittance mark:contains('TOUR/0001')" },
        { trigger: ".o_match_chip:contains('Reference quoted')" },
        { trigger: ".o_match_sub:contains('stays open'):contains('50.00')" },
        press("ArrowDown", "Down and up again"),
        shown("Second payer"),
        press("k"),
        shown("Short payer"),
        press("Enter", "Book it, and go on"),
        { trigger: `${row("Short payer")}.gone` },
        shown("Second payer"),
        press("u", "No, take it back"),
        shown("Short payer"),
        { trigger: ".o_match_why:contains('Match undone')" },
        press("/", "Another item, found by its number"),
        {
            trigger: ".o_match_item_search",
            run: "edit TOUR/0005",
        },
        { trigger: ".o_match_found_item.active:contains('TOUR/0005')" },
        {
            trigger: ".o_match_item_search",
            run: "press Enter",
        },
        { trigger: ".o_match_item:contains('TOUR/0005')" },
        {
            content: "The first item off",
            trigger: ".o_match_item:contains('TOUR/0001') .o_match_remove",
            run: "click",
        },
        {
            content: "The other takes it all",
            trigger: ".o_match_item:contains('TOUR/0005') .o_match_applied",
            run: "edit 150",
        },
        {
            trigger: ".o_match_item:contains('TOUR/0005') .o_match_applied",
            run: "press Enter",
        },
        { trigger: ".o_match_sum.even" },
        press("a", "Book what was composed, and stay"),
        { trigger: ".o_match_total .badge:contains('Booked by a person')" },
        { trigger: ".o_match_table:contains('TOUR/0005')" },
        press("j"),
        shown("Second payer"),
        press("e", "Put it aside, with a note"),
        {
            trigger: ".o_match_dialog .o_match_note",
            run: "edit Ask Paul about the second delivery",
        },
        {
            trigger: ".o_match_dialog .btn-primary:not(:disabled)",
            run: "click",
        },
        shown("Third payer"),
        {
            content: "Two at once",
            trigger: `${row("Third payer")} input[type=checkbox]`,
            run: "click",
        },
        {
            trigger: `${row("Fourth payer")} input[type=checkbox]`,
            run: "click",
        },
        {
            trigger: ".o_match_bulk",
            run: "click",
        },
        {
            trigger: ".o_match_bulk_run:contains('Book (2)')",
            run: "click",
        },
        { trigger: ".o_match_bulk_result:contains('2 booked')" },
        {
            trigger: ".o_match_dialog footer .btn-primary",
            run: "click",
        },
        {
            content: "What was put aside waits in the exceptions",
            trigger: "[data-filter=exception]",
            run: "click",
        },
        { trigger: ".o_match_group:contains('put it aside')" },
        {
            trigger: row("Second payer"),
            run: "click",
        },
        shown("Second payer"),
        press("c", "Its note is there"),
        { trigger: ".o_match_chatter .o-mail-Message:contains('Ask Paul')" },
        press("?", "Every key is on one list"),
        { trigger: ".o_match_keys:contains('Next line')" },
        {
            trigger: ".o_match_dialog footer button",
            run: "click",
        },
        {
            content: "Searching finds what is booked, too",
            trigger: "[data-filter=all]",
            run: "click",
        },
        {
            trigger: ".o_match_search",
            run: "edit TOUR/0004",
        },
        { trigger: ".o_match_rows:not(:has(.o_match_row ~ .o_match_row))" },
        { trigger: `${row("Fourth payer")} .o_match_done` },
    ],
});

registry.category("web_tour.tours").add("bank_sync_match_workspace_phone", {
    url: "/odoo/bank-match",
    steps: () => [
        { content: "The queue alone", trigger: ".o_match_panes:not(.o_match_on_line) .o_match_queue" },
        {
            trigger: row("Short payer"),
            run: "click",
        },
        { content: "The line alone", trigger: ".o_match_panes.o_match_on_line .o_match_line h2:contains('Short payer')" },
        {
            content: "Nothing is wider than the screen",
            trigger: ".o_match_accept",
            run() {
                const wide = [...document.querySelectorAll(".o_match_line *")].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (wide.length) {
                    throw new Error(`Wider than the screen: ${wide[0].className}`);
                }
            },
        },
        {
            trigger: ".o_match_accept",
            run: "click",
        },
        shown("Second payer"),
        {
            trigger: ".o_match_back",
            run: "click",
        },
        { trigger: `.o_match_panes:not(.o_match_on_line) ${row("Short payer")}.gone` },
    ],
});

registry.category("web_tour.tours").add("bank_sync_match_workspace_split", {
    url: "/odoo/bank-match",
    steps: () => [
        {
            content: "A line nothing is proposed for",
            trigger: "[data-filter=exception]",
            run: "click",
        },
        {
            trigger: row("The bank itself"),
            run: "click",
        },
        shown("The bank itself"),
        { content: "The search is there at once", trigger: ".o_match_items:not(.searching)" },
        { trigger: ".o_match_accept:disabled" },
        press("w", "Write it off with a preset, chosen by its number"),
        {
            trigger: ".o_match_choice input",
            run: "edit tour fees",
        },
        { trigger: ".o_match_choice_option.active:contains('Tour fees')" },
        {
            trigger: ".o_match_choice input",
            run: "press Enter",
        },
        { trigger: ".o_match_sub:contains('Written off: Tour fees')" },
        press("a", "Book it"),
        { trigger: ".o_match_total .badge:contains('Booked by a person')" },
        {
            content: "Split another one",
            trigger: "[data-filter=review]",
            run: "click",
        },
        {
            trigger: row("Short payer"),
            run: "click",
        },
        shown("Short payer"),
        press("s", "The first item takes less"),
        {
            trigger: ".o_match_applied:focus",
            run: "edit 100",
        },
        {
            trigger: ".o_match_applied",
            run: "press Enter",
        },
        { trigger: ".o_match_rest:contains('50.00')" },
        { trigger: ".o_match_sum.uneven" },
        press("l", "The rest waits on the line"),
        { trigger: ".o_match_sub:contains('Stays open on the line'):contains('50.00')" },
        press("a", "Book that part"),
        { trigger: ".o_match_why:contains('undo the whole match')" },
        { trigger: ".o_match_rest:contains('50.00')" },
    ],
});

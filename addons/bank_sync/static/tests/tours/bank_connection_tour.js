import { registry } from "@web/core/registry";

const primary = (label) => `.o_form_statusbar button.btn-primary:contains(${label})`;

registry.category("web_tour.tours").add("bank_sync_connect", {
    steps: () => [
        {
            content: "Nothing is connected; the page says how to begin",
            trigger: ".o_view_nocontent:contains(Connect your bank)",
        },
        {
            content: "Begin",
            trigger: ".o_control_panel button:contains(Connect a Bank)",
            run: "click",
        },
        {
            content: "The bank is not in the list",
            trigger: ".o_bank_sync_step div[name=is_other] input",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_bank_sync_step div[name=name] input",
            run: "edit Banque du Parc",
        },
        {
            content: "Say where it is",
            trigger: ".o_bank_sync_step div[name=base_url] input",
            run: "edit https://bank.example",
        },
        { content: "Go on", trigger: primary("Continue"), run: "click" },
        {
            content: "What is never done is said before anything is asked",
            trigger: ".o_bank_sync_step:contains(What we never do):contains(password)",
        },
        { content: "Ask the bank", trigger: primary("Continue at the Bank"), run: "click" },
        {
            content: "The bank's own words say what to do",
            trigger: ".o_bank_sync_step:contains(Approve in your app)",
        },
        {
            content: "The approval is noticed without a click; the account is listed",
            trigger: ".o_bank_sync_step div[name=line_ids] .o_data_row:contains(FR76)",
        },
        { content: "Connect", trigger: primary("Connect and Read"), run: "click" },
        {
            content: "The first read ends by itself with a proof",
            trigger: ".o_bank_sync_step:visible:contains(Your bank is connected) .o_data_row",
        },
        {
            content: "Go to the connection",
            trigger: ".o_form_statusbar button:contains(Open the Connection)",
            run: "click",
        },
        {
            content: "It says in one sentence that all is well",
            trigger: ".alert-success:contains(starting point)",
        },
    ],
});

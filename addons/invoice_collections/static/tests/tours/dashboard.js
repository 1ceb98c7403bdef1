import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("invoice_collections_dashboard", {
    steps: () => [
        { content: "The figures are there", trigger: ".o_collections_tile[data-code=open]" },
        { content: "The chart is drawn", trigger: ".o_collections_chart canvas" },
        {
            content: "A tile leads to its records",
            trigger: ".o_collections_tile[data-code=open]",
            run: "click",
        },
        {
            content: "Open the case",
            trigger: ".o_list_view .o_data_row:contains(Corner Bookshop) td[name=partner_id]",
            run: "click",
        },
        {
            content: "The case says why and what next",
            trigger: ".o_form_view div[name=why]:contains(open)",
        },
        {
            content: "Look at what was said",
            trigger: ".o_form_view a[name=touchpoints]",
            run: "click",
        },
        { content: "The message is listed", trigger: ".o_field_widget[name=touchpoint_ids] .o_data_row" },
    ],
});

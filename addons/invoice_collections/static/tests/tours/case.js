import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("invoice_collections_case", {
    steps: () => [
        {
            content: "Open the case",
            trigger: ".o_list_view .o_data_row:contains(Corner Bookshop) td[name=partner_id]",
            run: "click",
        },
        {
            content: "The case says why it is where it is",
            trigger: ".o_form_view div[name=why]:contains(open)",
        },
        {
            content: "Look at what was said",
            trigger: ".o_form_view a[name=touchpoints]",
            run: "click",
        },
        {
            content: "The message is listed",
            trigger: ".o_field_widget[name=touchpoint_ids] .o_data_row",
        },
        {
            content: "Look at the record of events",
            trigger: ".o_form_view a[name=events]",
            run: "click",
        },
        {
            content: "The event is there",
            trigger: ".o_field_widget[name=event_ids] .o_data_row:contains(touchpoint_queued)",
        },
    ],
});

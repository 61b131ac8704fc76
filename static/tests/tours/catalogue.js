import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("lengow_new_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input",
            run: "edit Our Shop in Spain",
        },
        {
            content: "Warehouses are there already, and columns as Lengow calls them",
            trigger: ".modal [name=warehouse_ids] .o_tag",
        },
        {
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        {
            content: "Nothing goes to Lengow yet",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_field_widget[name=name] input) .alert-info:contains(Nothing goes to Lengow yet)",
        },
    ],
});

tours.add("lengow_mend_catalogue_issue", {
    url: "/odoo/lengow-catalog-issues",
    steps: () => [
        {
            content: "What is wrong, by kind",
            trigger: ".o_group_header:contains(No weight):contains(2)",
            run: "click",
        },
        {
            content: "What to do about it stands once",
            trigger: ".o_group_open .o_lengow_issue_hint:contains(Enter the weight)",
        },
        {
            trigger: ".o_data_row:contains(MUG) td[name=weight]",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=weight] input",
            run: "edit 0.4 && press Enter",
        },
        {
            content: "It is mended, and the next one is asked",
            trigger: ".o_data_row:contains(MUG):contains(Mended)",
        },
        {
            trigger:
                ".o_selected_row:contains(SHIRT), .o_selected_row [name=weight] input",
        },
        {
            trigger: ".o_list_button_discard",
            run: "click",
        },
    ],
});

tours.add("lengow_mend_catalogue_issue_on_a_phone", {
    url: "/odoo/lengow-catalog-issues",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(No weight):contains(MUG)",
            run: "click",
        },
        {
            content: "What to do, and where",
            trigger: ".alert-warning:contains(Enter the weight)",
        },
        {
            trigger: ".o_form_view [name=weight] input",
            run: "edit 0.4",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});

tours.add("lengow_preview_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog)",
            run: "click",
        },
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "The heads as Lengow reads them, and the first rows",
            trigger: ".modal .o_lengow_table th:contains(quantity)",
        },
        {
            trigger: ".modal .o_lengow_table tbody tr:contains(MUG):contains(new)",
        },
        {
            trigger: ".modal .o_notebook_headers a:contains(One Product)",
            run: "click",
        },
        {
            content: "Each value with its source, on a phone, too",
            trigger: ".modal [name=details] tr:contains(condition):contains(Always)",
            run() {
                const table = this.anchor.closest(".o_lengow_table");
                if (table.scrollWidth > table.clientWidth) {
                    throw new Error("What a value comes from is out of sight.");
                }
            },
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

tours.add("lengow_publish_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog)",
            run: "click",
        },
        {
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            content: "Names never change after that, so somebody asks first",
            trigger:
                ".modal:contains(never change) .modal-footer button:contains(Publish)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_address]",
            run: "click",
        },
        {
            content: "Who may not see the address is told who may",
            trigger: ".modal .alert-info:contains(system administrator)",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

tours.add("lengow_release_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog):contains(On Hold)",
            run: "click",
        },
        {
            content: "What would change",
            trigger: ".o_lengow_held:contains(2 of 4 products would be lost)",
        },
        {
            trigger: ".o_lengow_held button[name=action_open_changes]",
            run: "click",
        },
        {
            content: "Each product that is lost, by kind; cards on a phone",
            trigger:
                ".o_group_header:contains(No longer offered):contains(2), .o_kanban_record:contains(No longer offered):contains(HAT)",
        },
        {
            trigger: ".breadcrumb-item a:contains(Tour Catalog), .o_back_button",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_lengow_held button[name=action_release]",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer button:contains(Release)",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_lengow_held:visible))",
        },
    ],
});

tours.add("lengow_switch_products", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(SHIRT) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(MUG) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(/^Send to Lengow$/)",
            run: "click",
        },
        {
            content: "What else decides is said at once",
            trigger: ".o_notification:contains(switched on for Lengow: 2)",
        },
    ],
});

tours.add("lengow_order_columns_by_keyboard", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog)",
            run: "click",
        },
        {
            trigger: ".o_notebook_headers a:contains(Live Updates)",
            run: "click",
        },
        {
            content: "No number is nothing, and not 0",
            trigger: "[name=lengow_number] input:value(/^$/)",
        },
        {
            trigger: "[name=lengow_number] input",
            run: "edit 77",
        },
        {
            trigger: ".o_notebook_headers a:contains(Columns)",
            run: "click",
        },
        {
            trigger:
                "[name=column_ids] .o_data_row:contains(condition) td[name=header], [name=column_ids] .o_kanban_record:contains(condition)",
            run: "click",
        },
        {
            content: "The handle is for the mouse",
            trigger: ".modal [name=sequence] input",
            run: "edit -1",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});

tours.add("lengow_see_what_was_refused", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog)",
            run: "click",
        },
        {
            content: "Why nothing is sent stands in no tab",
            trigger:
                ".o_form_view .alert-danger:visible:contains(Live updates):contains(draft)",
        },
        {
            trigger: ".o_notebook_headers a:contains(Live Updates)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_push_errors]",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(MUG) td:contains(not found):contains(send it again), .o_kanban_record:contains(MUG):contains(not found):contains(send it again)",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .alert-danger:contains(not found):contains(send it again)",
        },
    ],
});

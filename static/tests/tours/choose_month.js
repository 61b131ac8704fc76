import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_choose_month", {
    steps: () => [
        {
            content: "The list is one that a key chooses from, and Tab leaves",
            trigger: ".modal [name=month] select",
            run: "selectByIndex 2",
        },
        {
            trigger: ".modal [name=marketplace_ids] input",
            run: "click",
        },
        {
            content: "What was chosen stays",
            trigger: ".modal [name=month] select",
            run() {
                if (this.anchor.selectedIndex !== 2) {
                    throw new Error(`It shows ${this.anchor.value}.`);
                }
            },
        },
        {
            content: "It is printed, or said that nothing is there to print",
            trigger: ".modal button[name=action_print]",
            run: "click",
        },
        {
            trigger: ".modal:contains(There is no marketplace order in)",
        },
    ],
});

import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const row = (number) => `.o_data_row:contains(${number})`;
const selector = (number) => `${row(number)} .o_list_record_selector input`;

// How long a list waits for more news before it looks whether it may follow.
const PATIENCE = 3000;

/** Have the list look at once, and say so on the page. */
function hurry() {
    const {setTimeout} = browser;
    browser.setTimeout = (call, delay) =>
        delay === PATIENCE
            ? setTimeout(() => {
                  call();
                  document.body.dataset.looked = "yes";
              }, 50)
            : setTimeout(call, delay);
}

/** Accept an order as somebody else would: this page hears of it by the bus alone. */
async function accept(number) {
    const call = (method, args) =>
        rpc(`/web/dataset/call_kw/lengow.order/${method}`, {
            model: "lengow.order",
            method,
            args,
            kwargs: {},
        });
    const ids = await call("search", [[["name", "=", number]]]);
    await call("action_accept", [ids]);
}

const acceptElsewhere = (number) => ({
    trigger: row(number),
    run: async () => {
        await accept(number);
        delete document.body.dataset.looked;
    },
});

// A page that has just been opened may not be connected to the bus yet.
const MOST_TRIES = 10;

/** Have others accept orders until the page hears of one. */
async function connect() {
    for (let number = 1; number <= MOST_TRIES; number++) {
        await accept(`BEFORE-${number}`);
        for (let turn = 0; turn < 20 && !document.body.dataset.looked; turn++) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (document.body.dataset.looked) {
            return;
        }
    }
}

registry.category("web_tour.tours").add("lengow_list_follows", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: `body:has(${row("TOUR-1")}:not(:has(.o_lengow_pending))) ${row("TOUR-2")}`,
            run: hurry,
        },
        {
            trigger: row("BEFORE-1"),
            run: connect,
        },
        {
            trigger: "body[data-looked]",
        },
        acceptElsewhere("TOUR-1"),
        {
            content: "Nobody has touched the list, and it says what is under way",
            trigger: `${row("TOUR-1")} .o_lengow_pending:contains(Accepting)`,
        },
        {
            trigger: selector("TOUR-3"),
            run: "click",
        },
        {
            trigger: `${selector("TOUR-3")}:checked`,
        },
        acceptElsewhere("TOUR-2"),
        {
            content: "While somebody has selected rows, they stay selected",
            trigger: `body[data-looked]:has(${row("TOUR-2")}:not(:has(.o_lengow_pending))) ${selector("TOUR-3")}:checked`,
        },
        {
            trigger: selector("TOUR-3"),
            run: "click",
        },
        {
            content: "Whoever goes on elsewhere reads what is true",
            trigger: ".o_searchview_input",
            run: "click",
        },
        {
            content: "The list follows again",
            trigger: `${row("TOUR-2")} .o_lengow_pending:contains(Accepting)`,
        },
    ],
});

const CHANGED = "lengow_overview_changed";

/** Leave the orders while they are still being read, and count who listens for news. */
async function leaveAtOnce() {
    const {action, bus_service: bus, orm} = odoo.__WOWL_DEBUG__.root.env.services;
    const {subscribe, unsubscribe} = bus;
    const {webSearchRead} = orm;
    const count = (by) => {
        const {listening = 0} = document.body.dataset;
        document.body.dataset.listening = Number(listening) + by;
    };
    bus.subscribe = (type, ...rest) => {
        count(Number(type === CHANGED));
        return subscribe(type, ...rest);
    };
    bus.unsubscribe = (type, ...rest) => {
        count(-Number(type === CHANGED));
        return unsubscribe(type, ...rest);
    };
    orm.webSearchRead = () => new Promise(() => undefined);
    action.doAction("lengow_connector.lengow_order_action");
    while (!Number(document.body.dataset.listening)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    orm.webSearchRead = webSearchRead;
    action.doAction("lengow_connector.lengow_marketplace_action", {
        clearBreadcrumbs: true,
    });
}

registry.category("web_tour.tours").add("lengow_left_before_it_is_there", {
    url: "/odoo/lengow-accounts",
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row",
            run: leaveAtOnce,
        },
        {
            trigger: ".o_breadcrumb:contains(Marketplaces)",
        },
        {
            content: "Nobody listens who is not there",
            trigger: "body[data-listening='0'] .o_list_view .o_data_row",
        },
    ],
});

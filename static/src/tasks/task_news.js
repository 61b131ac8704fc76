import {useService} from "@web/core/utils/hooks";
import {onWillDestroy, status, useComponent} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

// Sent whenever a task has got on.
export const NEWS = "lengow_task";
const SHORTEST_TIME = 1000;

/**
 * Reads again what is shown of tasks while they get on, at most once a second.
 *
 * @param {Function} load
 * @param {Function} [isMine] whether a message is about what is shown
 */
export function useTaskNews(load, isMine = () => true) {
    const bus = useService("bus_service");
    const component = useComponent();
    let timer = null;
    const follow = async () => {
        timer = null;
        try {
            await load();
        } catch (error) {
            // Whoever has gone on elsewhere meanwhile needs no news of it.
            if (status(component) !== "destroyed") {
                throw error;
            }
        }
    };
    const listen = (message) => {
        if (isMine(message) && timer === null) {
            timer = browser.setTimeout(follow, SHORTEST_TIME);
        }
    };
    bus.subscribe(NEWS, listen);
    onWillDestroy(() => {
        bus.unsubscribe(NEWS, listen);
        browser.clearTimeout(timer);
    });
}

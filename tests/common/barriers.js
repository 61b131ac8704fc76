/**
 * Walks through screens and dialogs in one browser, and lets axe look at each.
 *
 * Evaluated in the web client by the test beside axe; no asset holds it.
 *
 * @param {Object} walk
 * @param {Object[]} walk.steps name, action, options and ready of what is looked at
 * @param {string[]} walk.shell selectors of what is not looked at
 * @param {Object} walk.known selectors by the rule that what they select may break
 * @param {string[]} walk.worst impacts that are a barrier
 */
async function walkThroughBarriers({steps, shell, known, worst}) {
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    async function until(condition, complaint) {
        for (let tries = 0; tries < 400; tries++) {
            if (condition()) {
                return;
            }
            await pause(50);
        }
        throw new Error(complaint);
    }

    // Nothing is drawn for a quarter of a second: what was to come is there.
    async function untilStill() {
        let last = Date.now();
        const observer = new MutationObserver(() => (last = Date.now()));
        observer.observe(document.body, {
            attributes: true,
            childList: true,
            subtree: true,
        });
        await until(() => Date.now() - last > 250, "The page does not come to rest");
        observer.disconnect();
    }

    async function look(root) {
        const {violations} = await axe.run(
            {include: [root], exclude: shell},
            {resultTypes: ["violations"], elementRef: true}
        );
        return violations
            .filter(({impact}) => worst.includes(impact))
            .flatMap(({id, impact, nodes}) =>
                nodes
                    .filter(({element}) => !known[id] || !element.matches(known[id]))
                    .map(
                        ({target, html, any, all, none}) =>
                            `${impact} ${id}: ${target.join(" ")}\n` +
                            `      ${html.slice(0, 200)}\n` +
                            `      ${[...any, ...all, ...none]
                                .map(({message}) => message)
                                .join("; ")}`
                    )
            );
    }

    // Nobody has done anything yet that could be complained about.
    function complaints(root) {
        const marked = document.querySelectorAll(
            `${root} .o_field_invalid, ${root} .is-invalid, ${root} .o_invalid_cell`
        );
        return [...marked].map((one) => `complains at once: ${one.textContent}`);
    }

    // What a column is called cannot be guessed from a part of it. On a phone, a list
    // is one that is moved to be read.
    function cutHeads(root) {
        if (window.innerWidth < 768) {
            return [];
        }
        return [...document.querySelectorAll(`${root} th .text-truncate`)]
            .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth)
            .map((one) => `is cut in the head of a list: ${one.textContent}`);
    }

    // Colors are judged as they are in the end, not half-way there.
    const still = document.createElement("style");
    still.textContent = "* {transition: none !important; animation: none !important}";
    document.head.append(still);
    await until(
        () => odoo.__WOWL_DEBUG__?.root && document.querySelector(".o_action_manager"),
        "The web client does not start"
    );
    const {action: service} = odoo.__WOWL_DEBUG__.root.env.services;
    const barriers = [];
    let root = ".o_action_manager";
    for (const {name, action, options, ready} of steps) {
        root = action.target === "new" ? ".modal-content" : ".o_action_manager";
        await service.doAction({type: "ir.actions.act_window_close"});
        await until(() => !document.querySelector(".modal"), `${name}: a dialog stays`);
        await service.doAction(action, options);
        await until(
            () => document.querySelector(`${root} ${ready}`),
            `${name}: ${ready} does not appear`
        );
        await untilStill();
        const found = [...(await look(root)), ...complaints(root), ...cutHeads(root)];
        barriers.push(...found.map((barrier) => `${name}: ${barrier}`));
    }
    // What it finds nothing with would find nothing either if it did not look.
    document.querySelector(root).append(document.createElement("input"));
    if (!(await look(root)).some((one) => one.startsWith("critical label: "))) {
        throw new Error("An input without a label is not found");
    }
    if (barriers.length) {
        throw new Error(`${barriers.length} barriers:\n${barriers.join("\n")}`);
    }
}

import {useListNews} from "@lengow_connector/overview/news";
import {registry} from "@web/core/registry";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

/** A list of what belongs to orders, which follows by itself what becomes of them. */
export class LengowNewsListController extends ListController {
    setup() {
        super.setup();
        useListNews(this);
    }
}

registry.category("views").add("lengow_news_list", {
    ...listView,
    Controller: LengowNewsListController,
});

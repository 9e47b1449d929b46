//! Searching in the page: what a visitor sets and presses there, and what the list answers.

use std::time::Duration;

use deepmelody::catalogue::{
    Catalogue, Pool, Query, QueryExample, Refinement, SearchScope, select,
};
use deepmelody::model::ModelCard;
use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::Site;

const PATIENCE: Duration = Duration::from_secs(30);

/// The shipped catalogue, as the library reads it.
pub fn catalogue() -> Catalogue {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/dist/catalogue.json");
    let text = std::fs::read_to_string(path).expect("the built catalogue");
    let header: Value = serde_json::from_str(&text).expect("JSON");
    let model_id = header["model_id"].as_str().expect("a model id");
    Catalogue::from_json(&text, model_id).expect("a whole catalogue")
}

/// The shipped network's card.
fn card() -> ModelCard {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dist/model-weights/deepmelody.json"
    );
    let text = std::fs::read_to_string(path).expect("the built card");
    ModelCard::from_json(&text).expect("a model card")
}

/// The ids that the library selects.
pub fn expected(query: &Query, refinement: &Refinement) -> Vec<String> {
    expected_beside(&[], query, refinement)
}

/// The same for a query that was made of songs.
pub fn expected_beside(
    asked: &[QueryExample],
    query: &Query,
    refinement: &Refinement,
) -> Vec<String> {
    let pool = Pool::new(
        catalogue().into(),
        Vec::new().into(),
        SearchScope::Catalogue,
    )
    .with_error(card().prominence_error());
    let refinement = refinement.resolved(&pool, query, asked);
    let found = select(&pool, query, asked, &refinement);
    let id = |index| pool.get(index).map(|track| track.id.clone());
    found.iter().filter_map(|found| id(found.index)).collect()
}

/// A page in which songs are searched without a file.
pub struct SearchPage {
    /// The page.
    pub page: Page,
}

impl SearchPage {
    /// Opens the page at this fragment (with its `#`), and waits for the first list or for words on why there is none.
    pub fn open(site: &Site, fragment: &str, screen: Screen) -> Self {
        let page = Page::open(site, &format!("device=cpu{fragment}"), screen);
        let search = Self { page };
        search.wait("the page", "return !!document.querySelector(SETTLED)");
        search
    }

    /// Opens the page and begins a search by hand.
    pub fn by_hand(site: &Site, screen: Screen) -> Self {
        let search = Self::open(site, "", screen);
        search.page.click(ids::BY_HAND);
        search.wait("a list", "return !!document.querySelector(SONGS)");
        search
    }

    /// Asks the page again and again.
    pub fn wait(&self, what: &str, script: &str) -> Value {
        self.page.browser.wait_for(what, script, PATIENCE)
    }

    /// Runs a script in the page.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.page.browser.session.run(script, arguments)
    }

    /// Sets a slider, field or choice, as its user would.
    pub fn set(&self, id: &str, value: &str) {
        let script = "const input = document.getElementById(arguments[0]);
            input.value = arguments[1];
            for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind, {bubbles: true}));";
        self.run(script, &[json!(id), json!(value)]);
    }

    /// Chooses the option of this text.
    pub fn choose(&self, id: &str, text: &str) {
        let script = "const options = [...document.getElementById(arguments[0]).options];
            return options.find(option => option.text === arguments[1])?.value ?? null";
        let value = self.run(script, &[json!(id), json!(text)]);
        self.set(
            id,
            value
                .as_str()
                .unwrap_or_else(|| panic!("no option {text:?} in #{id}")),
        );
    }

    /// Unfolds what changes the list beyond the switches.
    pub fn refine(&self) {
        self.run("document.getElementById(REFINE).open = true", &[]);
    }

    /// Unfolds link and files.
    pub fn take(&self) {
        self.run("document.getElementById(TAKE).open = true", &[]);
    }

    /// Unfolds the reasons of the list's song at this place (from 0), and reads them.
    pub fn why(&self, place: usize) -> String {
        let script = "const song = document.querySelectorAll(SONGS)[arguments[0]];
            const why = song.querySelector(WHY);
            if (why.ariaExpanded !== 'true') why.click();";
        self.run(script, &[json!(place)]);
        let reasons = "return document.querySelector(REASONS)?.innerText || null";
        let reasons = self.wait("reasons", reasons);
        reasons.as_str().unwrap_or_default().to_owned()
    }

    /// Presses one of the buttons under the reasons: `alike`, `add` or `take`.
    pub fn act(&self, place: usize, act: &str) {
        self.why(place);
        let script = "document.querySelector(`${REASONS} [data-act=${arguments[0]}]`).click()";
        self.run(script, &[json!(act)]);
    }

    /// The ids in the list.
    pub fn ids(&self) -> Vec<String> {
        self.page.shown().recommended
    }

    /// The texts of all elements that the selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(found => found.innerText)";
        let texts = self.run(script, &[json!(selector)]);
        let texts = texts.as_array().cloned().unwrap_or_default();
        texts
            .iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    }

    /// The link that the page offers.
    pub fn link(&self) -> String {
        let link = self.run("return document.getElementById(LINK).value", &[]);
        link.as_str().expect("a link").to_owned()
    }

    /// Presses a button that saves a file; its name and content.
    pub fn saved(&self, id: &str) -> (String, String) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            const address = URL.createObjectURL;
            let saved;
            URL.createObjectURL = blob => {{ saved = blob; return address.call(URL, blob); }};
            const click = HTMLAnchorElement.prototype.click;
            HTMLAnchorElement.prototype.click = function () {{
                saved.text().then(text => done([this.download, text]));
            }};
            document.getElementById({id:?}).click();
            URL.createObjectURL = address;
            HTMLAnchorElement.prototype.click = click;"
        );
        let saved = self.page.browser.session.run_async(&script);
        let text = |place: usize| saved[place].as_str().expect("a file").to_owned();
        (text(0), text(1))
    }
}

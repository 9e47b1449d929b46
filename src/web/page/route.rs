//! Which view the visitor is on, as entries of the browser's history: back and forward move between them.

use leptos::prelude::*;

use crate::web::platform::history;

/// A view with a history entry of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The first view.
    Start,
    /// The search without a song.
    Search,
    /// A song's result.
    Song,
}

impl Route {
    const ALL: [Self; 3] = [Self::Start, Self::Search, Self::Song];

    /// As it is written into the history entry.
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Search => "search",
            Self::Song => "song",
        }
    }

    fn from_name(name: Option<&str>) -> Self {
        let named = Self::ALL
            .into_iter()
            .find(|route| Some(route.name()) == name);
        named.unwrap_or(Self::Start)
    }

    /// The view of the history entry that the page was opened at: after a reload, the one that was left.
    pub fn of_entry() -> Self {
        Self::from_name(history::state().as_deref())
    }
}

/// The current route; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Router {
    /// Where the visitor is.
    pub route: ReadSignal<Route>,
    set_route: WriteSignal<Route>,
}

impl Router {
    /// A router at the first view.
    pub fn new() -> Self {
        let (route, set_route) = signal(Route::Start);
        Self { route, set_route }
    }

    /// Goes to another view, as a new history entry, unless the current one is that view's already.
    pub fn go(self, route: Route) {
        if Route::of_entry() != route {
            history::push(route.name());
        }
        if self.route.get_untracked() != route {
            self.set_route.set(route);
        }
    }

    /// Makes the current history entry that of another view.
    pub fn replace(self, route: Route) {
        history::replace(route.name());
        self.set_route.set(route);
    }

    /// Follows the browser's back and forward buttons; `on_change` is called before the view changes.
    pub fn follow_history(self, on_change: impl Fn(Route) + 'static) {
        history::on_change(move |state| {
            let route = Route::from_name(state.as_deref());
            on_change(route);
            self.set_route.set(route);
        });
    }
}

impl Default for Router {
    fn default() -> Self {
        Self::new()
    }
}

//! Icons, drawn in the text's colour.

use leptos::prelude::*;

/// The logo: five bars and the name.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a class="wordmark" href="./">
            <svg class="wordmark__sign" viewBox="0 0 32 32" aria-hidden="true">
                <rect class="fill-guitar" x="2" y="4" width="20" height="3.2" rx="1.6"/>
                <rect class="fill-piano" x="9" y="9.2" width="21" height="3.2" rx="1.6"/>
                <rect class="fill-bass" x="4" y="14.4" width="26" height="3.2" rx="1.6"/>
                <rect class="fill-drums" x="2" y="19.6" width="28" height="3.2" rx="1.6"/>
                <rect class="fill-other" x="14" y="24.8" width="12" height="3.2" rx="1.6"/>
            </svg>
            <span class="wordmark__name">"DeepMelody"</span>
        </a>
    }
}

/// A triangle that runs against a bar.
#[component]
pub fn NextSign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M5 5.2v13.6a.7.7 0 0 0 1.1.6L15.5 13v5.5h2.6v-13h-2.6V11L6.1 4.6a.7.7 0 0 0-1.1.6z" fill="currentColor"/>
        </svg>
    }
}

/// Two arrows that follow each other.
#[component]
pub fn LoopSign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
            <path
                d="M17 3l4 4-4 4V8H7a3 3 0 0 0-3 3v2H2v-2a5 5 0 0 1 5-5h10zM7 21l-4-4 4-4v3h10a3 3 0 0 0 3-3v-2h2v2a5 5 0 0 1-5 5H7z"
                fill="currentColor"
            />
        </svg>
    }
}

/// A loudspeaker.
#[component]
pub fn VolumeSign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
            <path
                d="M3 9v6h4l6 5V4L7 9zM16 7.5v9a5 5 0 0 0 0-9zM16 3v2.2a7.1 7.1 0 0 1 0 13.6V21a9.2 9.2 0 0 0 0-18z"
                fill="currentColor"
            />
        </svg>
    }
}

/// An arrow onto a line.
#[component]
pub fn DownloadSign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M11 3h2v10.2l3.6-3.6 1.4 1.4-6 6-6-6 1.4-1.4 3.6 3.6zM4 19h16v2H4z" fill="currentColor"/>
        </svg>
    }
}

/// A triangle, or two bars while it is playing.
#[component]
pub fn PlaySign(
    /// Whether pressing it would pause.
    #[prop(into)]
    is_playing: Signal<bool>,
) -> impl IntoView {
    let path = move || match is_playing.get() {
        true => "M6 4h4v16H6zM14 4h4v16h-4z",
        false => "M7 4.2v15.6a.8.8 0 0 0 1.2.7l12.6-7.8a.8.8 0 0 0 0-1.4L8.2 3.5a.8.8 0 0 0-1.2.7z",
    };
    view! {
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path fill="currentColor"/>
        </svg>
    }
}

//! Several songs at a time. All workers share the threads that compute tiles, and do the rest of their songs' work
//! themselves.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context, bail};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{Described, IndexOptions, Journal, Listed, Task, name};
use crate::{
    catalogue::Track,
    native::{CommandContext, engine::Engine, progress::Progress, sandbox, song},
};

/// One result an item, in the items' order.
pub(super) fn on_all_cores<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync + Send,
) -> Vec<R> {
    items.par_iter().map(work).collect()
}

/// What the workers share.
struct Shared<'a> {
    /// Positions, songs and ids of what is to be described.
    new: Vec<(usize, &'a Listed, &'a str)>,
    next: AtomicUsize,
    options: &'a IndexOptions,
    engine: &'a Engine,
    context: &'a CommandContext,
    progress: Progress,
    journal: Mutex<&'a mut Journal>,
}

/// Describes the new ones of `songs` and writes each into the journal as soon as it is done. Stops early when the user
/// cancels.
///
/// # Errors
/// When the journal can't be written.
pub(super) fn describe(
    songs: &[Listed],
    tasks: &[Task],
    options: &IndexOptions,
    engine: &Engine,
    context: &CommandContext,
    journal: &mut Journal,
) -> anyhow::Result<Vec<Described>> {
    let mut new = Vec::new();
    for (position, (song, task)) in songs.iter().zip(tasks).enumerate() {
        if let Task::New(id) = task {
            new.push((position, song, id.as_str()));
        }
    }
    let shared = Shared {
        next: AtomicUsize::new(0),
        options,
        engine,
        context,
        progress: Progress::new(context, new.len()),
        journal: Mutex::new(journal),
        new,
    };
    let jobs = options.jobs.get().min(shared.new.len());
    let done = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|_| scope.spawn(|| work_through(&shared)))
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|_| bail!("a worker crashed"))
        };
        workers
            .into_iter()
            .map(join)
            .collect::<anyhow::Result<Vec<_>>>()
    });
    Ok(done?.into_iter().flatten().collect())
}

/// One worker: takes songs until there are no more.
fn work_through(shared: &Shared<'_>) -> anyhow::Result<Vec<Described>> {
    let mut done = Vec::new();
    while let Some(&(position, song, id)) =
        shared.new.get(shared.next.fetch_add(1, Ordering::Relaxed))
    {
        let described = describe_one(song, id, shared);
        if shared.context.interrupt().is_requested() {
            break;
        }
        if let Ok(row) = &described {
            let mut journal = shared
                .journal
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            journal.add(row)?;
        }
        done.push((position, described.map_err(|error| format!("{error:#}"))));
    }
    Ok(done)
}

fn describe_one(listed: &Listed, id: &str, shared: &Shared<'_>) -> anyhow::Result<Track> {
    let path = listed.path.as_path();
    let context = shared.context;
    let mut progress = shared.progress.song(file_name(path));
    let loaded = sandbox::load(path, &shared.options.limits, context.interrupt())?;
    for warning in &loaded.warnings {
        let warning = format!("{} {warning}", path.display());
        shared.progress.suspend(|| context.warn(&warning));
    }
    let analysis = song::analyse(&loaded, shared.engine, &mut progress)
        .with_context(|| format!("{} failed", path.display()))?;
    let row = Track {
        id: id.to_owned(),
        duration_secs: loaded.waveform.duration_secs(),
        tempo_bpm: analysis.tempo_bpm(),
        key: analysis.key(),
        prominence: analysis.prominence,
        ..Track::default()
    };
    Ok(name(row, listed, loaded.tags))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

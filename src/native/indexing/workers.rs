//! L7, native: several songs at a time. All workers share one network; each has its own threads to compute on, so that
//! with as many jobs as cores every song is computed by a single thread, without waiting for others.

use std::{
    num::NonZeroUsize,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context, bail};
use rayon::{
    ThreadPoolBuilder,
    iter::{IntoParallelRefIterator, ParallelIterator},
};

use super::{Described, Fate, Journal, Listed, Plan, name};
use crate::{
    catalogue::Track,
    native::{Session, apart, engine::Engine, progress::Progress, song},
};

/// How many cores there are.
pub fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

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
    tasks: Vec<(usize, &'a Listed, &'a str)>,
    next: AtomicUsize,
    plan: &'a Plan,
    engine: &'a Engine,
    session: &'a Session,
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
    fates: &[Fate],
    plan: &Plan,
    engine: &Engine,
    session: &Session,
    journal: &mut Journal,
) -> anyhow::Result<Vec<Described>> {
    let mut tasks = Vec::new();
    for (position, (song, fate)) in songs.iter().zip(fates).enumerate() {
        if let Fate::New(id) = fate {
            tasks.push((position, song, id.as_str()));
        }
    }
    let shared = Shared {
        next: AtomicUsize::new(0),
        plan,
        engine,
        session,
        progress: Progress::new(session, tasks.len()),
        journal: Mutex::new(journal),
        tasks,
    };
    let jobs = plan.jobs.get().min(shared.tasks.len());
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
    let threads = (cores().get() / shared.plan.jobs).max(1);
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .context("no threads to compute on")?;
    let mut done = Vec::new();
    while let Some(&(position, song, id)) = shared
        .tasks
        .get(shared.next.fetch_add(1, Ordering::Relaxed))
    {
        let described = pool.install(|| describe_one(song, id, shared));
        if shared.session.interrupt().is_requested() {
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
    let session = shared.session;
    let mut progress = shared.progress.song(file_name(path));
    let loaded = apart::load(path, &shared.plan.bounds, session.interrupt())?;
    for warning in &loaded.warnings {
        let warning = format!("{} {warning}", path.display());
        shared.progress.suspend(|| session.warn(&warning));
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
    Ok(name(row, path, &listed.said, loaded.tags))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

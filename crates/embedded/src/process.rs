//! A running server: its process, its end, and the pipe that keeps it alive.

use std::future::Future;
use std::io::Write;
use std::process::{ChildStdin, ExitStatus};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{Attempt, Error};
use crate::folder::Folder;
use crate::guard::Guarded;
use crate::log_file::LogFile;

pub(crate) mod children;

/// How often a server is asked whether it is ready.
const PROBE_PAUSE: Duration = Duration::from_millis(20);
/// How long one such question may take.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// A server; dropping it has the guard end the server.
#[derive(Debug)]
pub(crate) struct Process {
    server: &'static str,
    pid: Pid,
    folder: Folder,
    log: LogFile,
    guarded: Guarded,
    ended: watch::Receiver<Option<ExitStatus>>,
    lifeline: Option<ChildStdin>,
}

impl Process {
    /// Starts a command in a folder, once no other server runs there; `prepare` has
    /// the folder to itself before.
    pub async fn start(
        server: &'static str,
        folder: &Folder,
        guarded: Guarded,
        prepare: impl FnOnce(),
    ) -> Result<Self, Error> {
        let (log, output) = LogFile::lock(folder.path()).await?;
        prepare();
        let mut child = guarded.spawn(output, folder.doomed()).attempt("start a server in", folder.path())?;
        let pid = Pid::from_child(&child);
        let lifeline = child.stdin.take();
        let (end, ended) = watch::channel(None);
        // A thread, not a task: a server may outlive the runtime that started it, and
        // must be reaped for the guard to see that it is gone.
        thread::Builder::new()
            .name(format!("wait for {server}"))
            .spawn(move || end.send(child.wait().ok()))
            .attempt("watch a server in", folder.path())?;
        Ok(Self { server, pid, folder: folder.clone(), log, guarded, ended, lifeline })
    }

    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    pub fn is_running(&self) -> bool {
        self.ended.borrow().is_none() && self.ended.has_changed().is_ok()
    }

    pub fn log_tail(&self) -> String {
        self.log.tail()
    }

    /// Waits until the process has ended; `None` if its status could not be had.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        ended.wait_for(Option::is_some).await.ok().and_then(|status| *status)
    }

    /// Waits until `probe` says yes.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] with the end of the log if the server ends first or the
    /// deadline passes.
    pub async fn until_ready<P, F>(&self, patience: Duration, probe: P) -> Result<(), Error>
    where
        P: Fn() -> F,
        F: Future<Output = bool>,
    {
        let deadline = Instant::now() + patience;
        loop {
            let answered = tokio::select! {
                status = self.ended() => return Err(self.failed(describe(status))),
                answer = timeout(PROBE_PATIENCE, probe()) => answer.unwrap_or(false),
            };
            if answered {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(self.failed(format!("it was not ready within {} s", patience.as_secs())));
            }
            sleep(PROBE_PAUSE).await;
        }
    }

    /// A failed start, with the end of the log.
    pub fn failed(&self, reason: String) -> Error {
        let folder = self.folder.path().to_owned();
        Error::Start { server: self.server, folder, reason, log: self.log_tail() }
    }

    /// Kills the server and its children at once, as a crash would.
    pub async fn kill9(&self) {
        let children = children::of(self.pid);
        self.signal(Signal::KILL);
        children.into_iter().for_each(|child| send(child, Signal::KILL));
        self.ended().await;
    }

    /// Stops the server and its children where they are.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        children::of(self.pid).into_iter().for_each(|child| send(child, Signal::STOP));
        // The signal is on its way only: until every thread has stopped, the server may
        // still answer. Bounded, as a process that ends meanwhile never shows as stopped.
        for _ in 0..100_000 {
            if !self.has_running_threads() {
                return;
            }
            std::thread::yield_now();
        }
    }

    fn has_running_threads(&self) -> bool {
        let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", self.pid.as_raw_nonzero())) else { return false };
        threads.flatten().any(|thread| {
            let state = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // The state follows the name, which may itself hold brackets.
            state.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['T', 't', 'Z', 'X']))
        })
    }

    /// Lets a paused server go on.
    pub fn resume(&self) {
        children::of(self.pid).into_iter().for_each(|child| send(child, Signal::CONT));
        self.signal(Signal::CONT);
    }

    /// Has the server read its configuration anew.
    pub fn reload(&self) {
        self.signal(Signal::HUP);
    }

    /// Asks the server to end, waits, and takes the guard away; its folder stays.
    ///
    /// # Errors
    ///
    /// [`Error::StillRunning`] if it had to be killed.
    pub async fn end(mut self, signal: Signal) -> Result<(), Error> {
        self.signal(signal);
        self.resume();
        let ended = timeout(self.guarded.grace, self.ended()).await;
        if ended.is_err() {
            self.kill9().await;
        }
        self.tell_guard("release");
        let (server, pid, seconds) = (self.server, self.pid(), self.guarded.grace.as_secs());
        ended.map(drop).map_err(|_| Error::StillRunning { server, pid, seconds })
    }

    /// Takes the guard away from a process that has ended; its folder stays.
    pub fn release(mut self) {
        self.tell_guard("release");
    }

    /// Binds the server to the life of another process instead of this one.
    pub fn follow(mut self, leader: i32) {
        self.tell_guard(&format!("follow {leader}"));
    }

    fn tell_guard(&mut self, order: &str) {
        if let Some(mut lifeline) = self.lifeline.take() {
            // A guard that is gone has nothing left to guard.
            drop(writeln!(lifeline, "{order}"));
        }
    }

    /// The guard keeps the number from being reused, so this can hit nobody else.
    fn signal(&self, signal: Signal) {
        send(self.pid, signal);
    }
}

/// A process that is gone needs no signal.
fn send(pid: Pid, signal: Signal) {
    kill_process(pid, signal).ok();
}

fn describe(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "it ended".to_owned(), |status| format!("it ended with {status}"))
}

//! Reads of one thing by many at once, made in turns.
//!
//! # Promises
//!
//! * An answer is of a read that began after it was asked for: whoever comes while one
//!   runs waits for the next, which answers all who came meanwhile.
//! * Nobody waits for somebody who went away or failed: they are followed by the next of
//!   those who wait, or read for themselves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What one who waits is told.
enum Turn<T> {
    /// What was read.
    Answer(T),
    /// To read, for all who wait with them.
    Lead(Lead<T>),
}

type Waiting<T> = Vec<oneshot::Sender<Turn<T>>>;

/// Who waits for the next turn, by what is being read.
pub(crate) struct Turns<T>(Arc<Mutex<HashMap<String, Waiting<T>>>>);

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Turns<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone> Turns<T> {
    /// What `read` gives, or what another's `read` of the same thing gave meanwhile.
    ///
    /// # Errors
    ///
    /// Those of `read`, which nobody else gets.
    pub async fn read<E, F>(&self, what: &str, read: impl Fn() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let lead = match self.enter(what) {
            Ok(lead) => lead,
            Err(turn) => match turn.await {
                Ok(Turn::Answer(answer)) => return Ok(answer),
                Ok(Turn::Lead(lead)) => lead,
                Err(_left) => return read().await,
            },
        };
        let answer = read().await?;
        lead.tell(&answer);
        Ok(answer)
    }

    /// The lead if nobody reads it now, else a place among those who wait.
    fn enter(&self, what: &str) -> Result<Lead<T>, oneshot::Receiver<Turn<T>>> {
        let mut waiting = self.waiting();
        if let Some(waiting) = waiting.get_mut(what) {
            let (tell, turn) = oneshot::channel();
            waiting.push(tell);
            return Err(turn);
        }
        waiting.insert(what.to_owned(), Vec::new());
        Ok(Lead { turns: self.clone(), what: what.to_owned(), followers: Vec::new() })
    }
}

impl<T> Turns<T> {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Waiting<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the one who reads; passed on when they have read, or went away.
struct Lead<T> {
    turns: Turns<T>,
    what: String,
    /// Who came before this read began.
    followers: Waiting<T>,
}

impl<T: Clone> Lead<T> {
    fn tell(mut self, answer: &T) {
        for follower in self.followers.drain(..) {
            let _went_away = follower.send(Turn::Answer(answer.clone()));
        }
    }
}

impl<T> Drop for Lead<T> {
    fn drop(&mut self) {
        let followers = {
            let mut waiting = self.turns.waiting();
            match waiting.get_mut(&self.what).map(std::mem::take) {
                Some(next) if !next.is_empty() => next,
                _ => {
                    waiting.remove(&self.what);
                    return;
                }
            }
        };
        let mut lead = Lead { turns: self.turns.clone(), what: std::mem::take(&mut self.what), followers };
        while let Some(next) = lead.followers.pop() {
            match next.send(Turn::Lead(lead)) {
                // They went away: to the next.
                Err(Turn::Lead(back)) => lead = back,
                Ok(()) | Err(Turn::Answer(_)) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::task::JoinHandle;

    use super::*;

    /// Reads that each wait to be let on, and give their number.
    struct Source {
        turns: Turns<usize>,
        begun: AtomicUsize,
        gate: Semaphore,
    }

    impl Source {
        fn new() -> Arc<Self> {
            Arc::new(Self { turns: Turns::default(), begun: AtomicUsize::new(0), gate: Semaphore::new(0) })
        }

        fn ask(self: &Arc<Self>) -> JoinHandle<usize> {
            let source = self.clone();
            tokio::spawn(async move {
                let source = &source;
                let read = || async move {
                    let number = source.begun.fetch_add(1, Ordering::SeqCst) + 1;
                    source.gate.acquire().await.expect("it stays open").forget();
                    Ok::<_, Infallible>(number)
                };
                source.turns.read("a", read).await.expect("it cannot fail")
            })
        }

        fn waiting(&self) -> Option<usize> {
            self.turns.waiting().get("a").map(Vec::len)
        }

        async fn until(&self, begun: usize, waiting: Option<usize>) {
            while self.begun.load(Ordering::SeqCst) != begun || self.waiting() != waiting {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn who_comes_while_a_read_runs_is_answered_by_the_next_with_all_others() {
        let source = Source::new();
        let first = source.ask();
        source.until(1, Some(0)).await;
        let later: Vec<_> = (0..50).map(|_| source.ask()).collect();
        source.until(1, Some(50)).await;
        source.gate.add_permits(1);
        assert_eq!(first.await.expect("no panic"), 1);
        source.until(2, Some(0)).await;
        let latest = source.ask();
        source.until(2, Some(1)).await;
        source.gate.add_permits(2);
        for later in later {
            assert_eq!(later.await.expect("no panic"), 2);
        }
        assert_eq!(latest.await.expect("no panic"), 3);
        assert_eq!(source.waiting(), None, "nothing is left of what nobody reads");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nobody_waiting() {
        let source = Source::new();
        let first = source.ask();
        source.until(1, Some(0)).await;
        let second = source.ask();
        source.until(1, Some(1)).await;
        let third = source.ask();
        source.until(1, Some(2)).await;
        // One who waits, then the one who reads.
        third.abort();
        assert!(third.await.is_err());
        first.abort();
        assert!(first.await.is_err());
        source.until(2, Some(0)).await;
        let fourth = source.ask();
        source.until(2, Some(1)).await;
        source.gate.add_permits(1);
        assert_eq!(second.await.expect("no panic"), 2);
        source.until(3, Some(0)).await;
        // The last who waits goes with the one who reads.
        let fifth = source.ask();
        source.until(3, Some(1)).await;
        fifth.abort();
        fourth.abort();
        assert!(fifth.await.is_err() && fourth.await.is_err());
        assert_eq!(source.waiting(), None);
    }

    #[tokio::test]
    async fn an_error_is_only_of_who_met_it() {
        let (turns, begun, gate) =
            (Turns::<usize>::default(), Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let ask = || {
            let (turns, begun, gate) = (turns.clone(), begun.clone(), gate.clone());
            tokio::spawn(async move {
                let (begun, gate) = (&begun, &gate);
                let read = || async move {
                    let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
                    gate.acquire().await.expect("it stays open").forget();
                    if number == 2 { Err("the second read fails") } else { Ok(number) }
                };
                turns.read("a", read).await
            })
        };
        let first = ask();
        while begun.load(Ordering::SeqCst) < 1 {
            tokio::task::yield_now().await;
        }
        let others = [ask(), ask(), ask()];
        while turns.waiting().get("a").map(Vec::len) != Some(3) {
            tokio::task::yield_now().await;
        }
        gate.add_permits(10);
        assert_eq!(first.await.expect("no panic"), Ok(1));
        let mut answers = Vec::new();
        for other in others {
            answers.push(other.await.expect("no panic"));
        }
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1, "{answers:?}");
        assert!(turns.waiting().is_empty());
    }
}

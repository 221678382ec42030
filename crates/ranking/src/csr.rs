//! Lists of lists in one piece of memory.

/// Rows of unequal length, one behind the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows<T> {
    /// Where each row begins, and where the last one ends.
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { starts: vec![0], values: Vec::new() }
    }
}

impl<T> Rows<T> {
    /// Room for so many rows and values.
    pub(crate) fn with_capacity(rows: usize, values: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self { starts, values: Vec::with_capacity(values) }
    }

    /// Adds a row behind the last one.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.values.extend(row);
        self.starts.push(self.values.len());
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many values there are in all.
    pub(crate) fn values(&self) -> usize {
        self.values.len()
    }

    /// A row; an empty one where there is none.
    pub(crate) fn row(&self, index: usize) -> &[T] {
        match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(from), Some(to)) => &self.values[*from..*to],
            _ => &[],
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.starts.windows(2).map(|ends| &self.values[ends[0]..ends[1]])
    }
}

impl<T: Copy> Rows<T> {
    /// Puts pairs of row and value, in the order in which they come, into `count` rows.
    pub(crate) fn grouped(count: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self
    where
        T: Default,
    {
        let mut starts = vec![0_usize; count + 1];
        for (row, _) in pairs.clone() {
            starts[row as usize + 1] += 1;
        }
        for row in 0..count {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut values = vec![T::default(); starts[count]];
        for (row, value) in pairs {
            let place = &mut next[row as usize];
            values[*place] = value;
            *place += 1;
        }
        Self { starts, values }
    }

    /// Rows become columns: for each column the rows that hold it, with what they hold.
    pub(crate) fn transposed<U: Copy + Default>(
        &self,
        columns: usize,
        split: impl Fn(T, u32) -> (u32, U) + Copy,
    ) -> Rows<U> {
        let pairs =
            (0..self.len()).flat_map(move |row| self.row(row).iter().map(move |value| split(*value, row as u32)));
        Rows::grouped(columns, pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_was_pushed() {
        let mut rows = Rows::default();
        rows.push([1, 2]);
        rows.push([]);
        rows.push([3]);
        assert_eq!((rows.row(0), rows.row(1), rows.row(2), rows.row(3)), (&[1, 2][..], &[][..], &[3][..], &[][..]));
        assert_eq!((rows.len(), rows.values(), rows.iter().count()), (3, 3, 3));
    }

    #[test]
    fn columns_hold_the_rows_they_came_from() {
        let mut rows = Rows::default();
        rows.push([2, 0]);
        rows.push([0]);
        let columns = rows.transposed(3, |column, row| (column, row));
        assert_eq!((columns.row(0), columns.row(1), columns.row(2)), (&[0, 1][..], &[][..], &[0][..]));
    }
}

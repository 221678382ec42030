# guard.sh STOP_SIGNAL GRACE_SECONDS FOLDER_TO_REMOVE COMMAND...
#
# Becomes COMMAND, after leaving a watcher behind that reads standard input:
#   end of file   the parent is gone: stop the server, remove the folder
#   "follow PID"  the server now lives as long as that process
#   "release"     the parent has seen to it; leave everything as it is
# The watcher stays in the server's process group, whose number is therefore not
# given to another process as long as the watcher may still send signals to it.
stop_signal=$1 grace=$2 remove=$3
shift 3
exec 3<&0 </dev/null

children() {
    for stat in /proc/[0-9]*/stat; do
        read -r line 2>/dev/null <"$stat" || continue
        fields=${line##*) }
        fields=${fields#* }
        [ "${fields%% *}" = "$$" ] && echo "${line%% *}"
    done
}

alive() { kill -0 "$$" 2>/dev/null; }

stop() {
    kill -s "$stop_signal" "$$"
    # A paused server sees no signal; neither do its paused children.
    kill -s CONT "$$" $(children)
    ticks=$((grace * 10))
    while alive && [ "$ticks" -gt 0 ]; do
        sleep 0.1
        ticks=$((ticks - 1))
    done
    kill -s KILL "$$"
}

watch() {
    trap '' HUP INT TERM
    if read -r word pid <&3; then
        [ "$word" = follow ] || exit 0
        exec 3<&-
        while alive && kill -0 "$pid" 2>/dev/null; do sleep 1; done
    fi
    stop
    if [ -n "$remove" ]; then
        rm -rf -- "$remove"
        # The last one out takes a parent that was made for this along.
        case ${remove%/*} in */kindred-*) rmdir -- "${remove%/*}" ;; esac
    fi
}

# Twice in the background: the watcher is nobody's child, least of all the server's.
( (watch) >/dev/null 2>&1 & )
exec 3<&- "$@"

// As in a container without an init.
Object.defineProperty(process, "pid", { value: 1 })

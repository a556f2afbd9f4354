/**
 * How a member is called: as its node, or `node/interface` where that node has several interfaces in use, which may be on
 * one segment. Names of nodes have no `/`.
 */
export const memberName = (node: string, name: string): string => `${node}/${name}`

/** The node that a member is of. */
export const nodeOf = (member: string): string => member.split('/', 1)[0] ?? member

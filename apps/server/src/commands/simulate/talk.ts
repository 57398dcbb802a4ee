/** Share of what is in a group that members still see a day later. */
export const buzzKept = 0.45;
/** Of what somebody does who acts in a group: the shares of looking at content, of messages and of posts; the rest are check-ins. */
export const talk = { looking: 0.42, messages: 0.24, posts: 0.12 } as const;
/** What a message adds to what a group shows, of a post. */
export const messageWeight = 0.5;

/** Acts of an acting member beyond the first, on average. */
export function furtherActs(interest: number): number {
  return 0.35 + 0.7 * interest;
}

/** What members of a group come to see, in posts, for each member who acts a day for long. */
export function postsOfActing(interest: number): number {
  return ((1 + furtherActs(interest)) * (talk.messages * messageWeight + talk.posts)) / (1 - buzzKept);
}

"""What buyers write: reviews, questions and chats, with an answer that is drafted before anyone looks."""

from __future__ import annotations

from django.urls import path

from vitrina.books import chapter_views, views

urlpatterns = [
    path("books/", views.books_page, name="books"),
    path("books/<int:pk>/", views.book_page, name="book"),
    path("books/<int:pk>/change", views.book_change, name="book_change"),
    path("books/<int:pk>/removal", views.book_removal, name="book_removal"),
    path("books/<int:pk>/chapters/<int:number>/", chapter_views.chapter_page, name="book_chapter"),
    path(
        "books/<int:pk>/chapters/<int:number>/illustration",
        chapter_views.chapter_illustration,
        name="book_illustration",
    ),
    path(
        "books/<int:pk>/chapters/<int:number>/refinement",
        chapter_views.chapter_refinement,
        name="book_refinement",
    ),
    path("books/<int:pk>/portraits", views.book_portraits, name="book_portraits"),
    path("passages/<int:pk>/", chapter_views.passage_page, name="passage"),
    path("passages/<int:pk>/english", chapter_views.passage_english, name="passage_english"),
    path("character-sheets/<int:pk>/look", views.character_sheet_look, name="character_sheet_look"),
]

from __future__ import annotations

from django.urls import path

from vitrina.books import api

urlpatterns = [
    path("books", api.BooksDoor.as_view(), name="api_books"),
    path("books/<int:pk>", api.BookDoor.as_view(), name="api_book"),
    path("books/<int:pk>/chapters", api.BookChaptersDoor.as_view(), name="api_book_chapters"),
    path("books/<int:pk>/chapters/<int:number>", api.BookChapterDoor.as_view(), name="api_book_chapter"),
    path(
        "books/<int:pk>/chapters/<int:number>/illustrate",
        api.BookIllustrationDoor.as_view(),
        name="api_book_illustrate",
    ),
    path(
        "books/<int:pk>/chapters/<int:number>/refine",
        api.BookRefinementDoor.as_view(),
        name="api_book_refine",
    ),
    path("books/<int:pk>/portraits", api.BookPortraitsDoor.as_view(), name="api_book_portraits"),
    path("books/<int:pk>/passages", api.BookPassagesDoor.as_view(), name="api_book_passages"),
    path("books/<int:pk>/character-sheets", api.BookSheetsDoor.as_view(), name="api_book_sheets"),
    path("passages/<int:pk>", api.PassageDoor.as_view(), name="api_passage"),
    path(
        "passages/<int:pk>/illustrate", api.PassageIllustrationDoor.as_view(), name="api_passage_illustrate"
    ),
    path("character-sheets/<int:pk>", api.CharacterSheetDoor.as_view(), name="api_character_sheet"),
]
